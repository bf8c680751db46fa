// What the scripted department can choose from: kinds, results, reasons, phrases, queues, in both languages.

export const two = (zh, en) => ({ zh, en });
const option = (id, zh, en, more = {}) => ({ id, name: two(zh, en), ...more });

export const LISTS = {
  kinds: [
    option("enquiry", "产品咨询", "Product question"),
    option("repair", "故障报修", "Repair"),
    option("install", "安装预约", "Installation"),
    option("return", "退换货", "Return or exchange"),
    option("invoice", "发票", "Invoice"),
    option("delivery", "配送进度", "Delivery"),
    option("complaint", "投诉", "Complaint"),
    option("suggestion", "建议", "Suggestion"),
  ],
  dispositions: [
    option("answered", "已解答", "Answered"),
    option("visit_booked", "已预约上门", "Visit booked", { kinds: ["repair", "install"] }),
    option("fixed_remote", "远程指导解决", "Fixed by guidance", { kinds: ["repair"] }),
    option("part_sent", "已寄配件", "Part sent", { kinds: ["repair"] }),
    option("refund", "已退款", "Refunded", { kinds: ["return", "complaint"] }),
    option("exchanged", "已换货", "Exchanged", { kinds: ["return"] }),
    option("invoice_sent", "已开具发票", "Invoice sent", { kinds: ["invoice"] }),
    option("escalated", "已转技术部跟进", "Handed to engineering"),
    option("no_fault", "检测无故障", "No fault found", { kinds: ["repair"] }),
    option("gave_up", "客户放弃", "Customer gave up"),
  ],
  decline: [
    option("language", "语言不通", "Language"),
    option("skill", "专业不符", "Not my field"),
    option("busy", "手上工作紧急", "Urgent work at hand"),
    option("known", "与客户相识", "I know the customer"),
  ],
  transfer: [
    option("skill", "需要专业支持", "Needs a specialist"),
    option("asked", "客户要求", "Customer asked for it"),
    option("wrong", "分错队列", "Wrong queue"),
    option("shift", "交接班", "End of shift"),
    option("level", "需主管处理", "Needs a supervisor"),
  ],
  away: [
    option("break", "小休", "Break"),
    option("meal", "用餐", "Meal"),
    option("training", "培训", "Training"),
    option("meeting", "会议", "Meeting"),
  ],
  phrases: [
    { id: "hello", text: two("您好，很高兴为您服务，请问有什么可以帮您？", "Hello, how can I help you today?") },
    { id: "wait", text: two("请稍等，我马上为您查询。", "One moment please, I am looking that up.") },
    {
      id: "model",
      text: two(
        "请问产品的型号是什么？一般贴在机身背面或门内侧。",
        "Which model is it? The label is usually on the back or inside the door.",
      ),
    },
    {
      id: "visit",
      text: two(
        "已为您预约上门服务，师傅会提前一小时电话联系您。",
        "The visit is booked; the engineer will call you one hour before.",
      ),
    },
    { id: "bye", text: two("感谢您的咨询，祝您生活愉快！", "Thank you for getting in touch. Have a nice day!") },
  ],
  queues: [
    option("online", "在线咨询", "Online", { mode: "push" }),
    option("phone", "电话", "Phone", { mode: "push" }),
    option("complaints", "投诉", "Complaints", { mode: "push" }),
    option("vip", "贵宾", "VIP", { mode: "push" }),
    option("repair", "维修", "Technical", { mode: "push" }),
    option("counter", "门店柜台", "Service counter", { mode: "pull" }),
  ],
};
